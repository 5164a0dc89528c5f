export interface Header {
  readonly requirements: readonly string[];
  readonly overrides: readonly string[];
  /** `exclude-newer`; empty when the header has none. */
  readonly newer: string;
  /** What a machine with an NVIDIA GPU needs besides. */
  readonly cuda: readonly string[];
}
export function headerOf(script: string): Header;
