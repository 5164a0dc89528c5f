import { crc32, deflateRawSync } from 'node:zlib';

/** How a member is written, where that differs from what archivers do. */
export interface Oddity {
  /** Written into the headers; the bytes stay what they are. */
  readonly flags?: number;
  readonly method?: number;
  readonly size?: number;
}

/** A zip archive of texts, deflated, as archivers write it. */
export function zipOf(members: Readonly<Record<string, string | Uint8Array>>, oddity: Oddity = {}): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const fields = fieldsOf(name, bytes, packed.length, oddity);
    const header = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, place, Buffer.from(name)]));
    local.push(header);
    offset += header.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...directory, Buffer.from('PK\x05\x06'), end]);
}

/** What both headers of a member hold, from the version to the length of the extra field. */
function fieldsOf(name: string, bytes: Buffer, packed: number, { flags = 0, method = 8, size }: Oddity): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x800 | flags, 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(packed, 14);
  fields.writeUInt32LE(size ?? bytes.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}
