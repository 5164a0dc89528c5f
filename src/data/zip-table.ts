import type { ByteSource } from '../base/bytes.ts';
import { TabpodError } from '../core/error.ts';
import type { ReadOptions } from './pass.ts';
import { damage } from './random.ts';
import { upTo } from './unpack.ts';
import type { Zip } from './zip.ts';

/** Names of members that an error message lists. */
const LISTED = 3;

/** Spreadsheets that are zip archives too, by a member that each has. */
const OTHERS: readonly (readonly [member: string, what: string])[] = [
  ['xl/workbook.bin', 'a binary Excel workbook (.xlsb)'],
  ['content.xml', 'an OpenDocument file'],
  ['word/document.xml', 'a Word document'],
  ['ppt/presentation.xml', 'a PowerPoint presentation'],
];

export function isWorkbook({ names }: Zip): boolean {
  return names.includes('xl/workbook.xml');
}

/** The one file in an archive, as a source that is read from its beginning. Throws TabpodError if there is not one. */
export function onlyMember(source: ByteSource, zip: Zip, onProgress: ReadOptions['onProgress']): ByteSource {
  const { name } = source;
  const other = OTHERS.find(([member]) => zip.names.includes(member));
  if (other) throw new TabpodError('data/binary', { name, what: other[1], wayOut: 'Save it as .xlsx or CSV first.' });
  const files = zip.names.filter(isContent);
  const [file] = files;
  if (file === undefined) throw new TabpodError('data/zip-empty', { name });
  if (files.length > 1) {
    const listed = files.slice(0, LISTED).map((member) => `“${member}”`);
    throw new TabpodError('data/zip-many', { name, count: files.length, files: listed.join(', ') });
  }
  return {
    name,
    size: undefined,
    async *open(range, signal) {
      try {
        yield* upTo(range?.end, zip.open(file, signal, onProgress));
      } catch (error) {
        throw damage(name, 'zip', error);
      }
    },
  };
}

/** What archivers of other systems add is none of the user's. */
function isContent(name: string): boolean {
  const parts = name.split('/');
  return !parts.includes('__MACOSX') && !parts.some((part) => part.startsWith('.'));
}
