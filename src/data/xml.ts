import { SaxesParser } from 'saxes';
import { decoderFor } from './decode.ts';

/** What an XML document is made of, in its order. Names come without their namespace. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Reads a document in UTF-8, as Office writes all of its. `afterPart` tells whether to go on. Throws at bad XML. */
export async function readXml(
  parts: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
  afterPart: () => boolean = () => true,
): Promise<void> {
  const parser = new SaxesParser({ position: false, xmlns: false as const });
  parser.on('opentag', ({ name, attributes }) => handler.open?.(localName(name), attributes));
  parser.on('text', (text) => handler.text?.(text));
  parser.on('cdata', (text) => handler.text?.(text));
  parser.on('closetag', ({ name }) => handler.close?.(localName(name)));
  parser.on('error', (error) => {
    throw error;
  });
  const decoder = decoderFor('utf-8');
  for await (const part of parts) {
    parser.write(decoder.decode(part, false));
    if (!afterPart()) return;
  }
  parser.write(decoder.decode(new Uint8Array(0), true)).close();
}

/** An attribute by its name without namespace. */
export function attributeOf(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  const found = Object.keys(attributes).find((key) => localName(key) === name);
  return found === undefined ? undefined : attributes[found];
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
