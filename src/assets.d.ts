// What the build turns into modules: Handlebars templates become functions, plain files become their text, locks
// the path from the bundle to their copy beside it.
declare module '*.hbs' {
  const template: (context: object, options?: { helpers?: Record<string, (...values: never[]) => unknown> }) => string;
  export default template;
}
declare module '*.py' {
  const text: string;
  export default text;
}
declare module '*.sh' {
  const text: string;
  export default text;
}
declare module '*.txt' {
  const path: string;
  export default path;
}
// The index of this package holds a dictionary for Brotli of 80 KiB, which Node brings itself.
declare module 'hyparquet-compressors/src/lz4.js' {
  export function decompressLz4(input: Uint8Array, outputLength: number): Uint8Array;
  export function decompressLz4Raw(input: Uint8Array, outputLength: number): Uint8Array;
}
