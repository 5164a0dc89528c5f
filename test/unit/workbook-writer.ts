import { zipOf } from './zip-writer.ts';

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
export const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** What the styles 1 to 5 of these workbooks make of a number: date, timestamp, time, duration, and a fraction. */
const FORMATS = ['yyyy\\-mm\\-dd', 'dd/mm/yyyy hh:mm:ss', 'h:mm:ss AM/PM', '[h]:mm', '#,##0.00 "days"'];
const STYLES = `<styleSheet ${MAIN}><numFmts>${FORMATS.map(
  (code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${code.replaceAll('"', '&quot;')}"/>`,
).join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${FORMATS.map(
  (_, index) => `<xf numFmtId="${164 + index}"/>`,
).join('')}<xf numFmtId="14"/></cellXfs></styleSheet>`;

/** What the workbooks of the tests differ in, as XML. */
export interface Parts {
  readonly rows: string;
  readonly strings?: string;
  readonly properties?: string;
  readonly sheets?: string;
  readonly relations?: string;
}

/** A workbook as Excel writes it, of one sheet and a few styles. */
export function workbook({ rows, strings, properties = '', sheets, relations = '' }: Parts): Uint8Array {
  const named = sheets ?? '<sheet name="Säles &amp; more" sheetId="1" r:id="rId1"/><sheet name="Other" r:id="rId9"/>';
  return zipOf({
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': `<?xml version="1.0"?><workbook ${MAIN} xmlns:r="${RELATIONS}">${properties}<sheets>${named}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relations}<Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/styles.xml': STYLES,
    ...(strings !== undefined && { 'xl/sharedStrings.xml': `<sst ${MAIN}>${strings}</sst>` }),
    'xl/worksheets/sheet1.xml': `<worksheet ${MAIN}><dimension ref="A1"/><sheetData>${rows}</sheetData><mergeCells><mergeCell ref="A2:B2"/></mergeCells></worksheet>`,
  });
}

export const row = (...cells: string[]) => `<row>${cells.join('')}</row>`;
export const text = (value: string) => `<c t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
export const number = (value: number | string, style = 0) => `<c s="${style}"><v>${value}</v></c>`;
const escaped = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '&#13;').replaceAll(']]>', ']]&gt;');
