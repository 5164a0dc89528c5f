/** Datasets: reading and profiling them. */
export const DATA_MESSAGES = {
  'data/not-found': 'There is no file {path}. Check the path.',
  'data/directory': '{path} is a folder. Choose one file in it: CSV, TSV, Parquet or XLSX.',
  'data/not-a-file': '{path} is not a regular file. Copy its content to a file first.',
  'data/no-permission': '{path} may not be read. Change its permissions, or copy it to where you can read it.',
  'data/read-failed': '{name} could not be read: {detail}. Check the disk it lies on and try again.',
  'data/changed': '{name} changed while it was being read. Try again when nothing writes to it.',
  'data/bad-url': 'The address of the dataset is not an http or https URL. Give one that starts with https://.',
  'data/url-status': '{address} answered with HTTP status {status}. Check the address and whether it needs a login.',
  'data/url-unreachable': '{address} could not be read: {detail}. Check the address and the network.',
  'data/url-silent': '{address} sent nothing for {seconds} seconds. Try again, or download the file first.',
  'data/html':
    '{name} is a web page, not a data file. Use the address of the raw file, and log in first if the site asks for it.',
  'data/binary': '{name} is {what}, not a CSV, TSV, Parquet or XLSX file. {wayOut}',
  'data/damaged': '{name} cannot be read as {what}, as if it were cut off or damaged: {detail}. Get or write it anew.',
  'data/bomb':
    '{name} unpacks to more than 1 GiB and more than {times} times its size. Unpack it yourself if that is right.',
  'data/encrypted': '{name} is encrypted. Write it without a password and try again.',
  'data/zip-empty': '{name} holds no file. Choose an archive with one table in it.',
  'data/zip-many': '{name} holds {count} files: {files}. Unpack it and choose one, or pack one alone.',
  'data/zip-method': '{name} is packed by a method (number {method}) that Tabpod cannot unpack. Unpack it first.',
  'data/no-parts':
    '{name} is larger than {limit} MiB, and its server sends no parts of it. Download it and choose the file.',
  'data/nested-column':
    'Column “{column}” of {name} holds lists, structs or maps. Flatten it or leave it out, and write the file again.',
  'data/no-sheet': '{name} has no sheet with cells. Choose a workbook whose first sheet is the table.',
  'data/workbook-large':
    'The texts of {name} take more than {limit} MiB. Export the sheet as CSV, or leave out columns of text.',
  'data/encoding': '{name} is neither UTF-8, UTF-16 nor Windows-1252 text. Save it as UTF-8 and try again.',
  'data/empty': '{name} is empty. Choose a file with a row of column names and rows of data.',
  'data/no-rows': '{name} has column names but no row of data. Add rows, or choose another file.',
  'data/all-ragged':
    'The first row of {name} has {columns} cells but no other row has (the next one has {cells}). Give the first row one name for each column.',
  'data/unclosed-quote':
    'A quotation mark in {name} opens in row {row} and never closes. Close it, or remove it, and try again.',
  'data/row-too-long':
    'Row {row} of {name} is longer than {limit} MiB. Close its quotation marks, or shorten its cells, and try again.',
  'data/too-many-columns':
    '{name} has {columns} columns, more than the {limit} that Tabpod handles. Leave out the ones you do not need.',
  'data/worker': 'Profiling {name} stopped: {detail}. Try again; a smaller sample needs less memory.',

  'data/not-exact': 'Only the first {bytes} bytes of {name} were read: counts describe its first {rows} rows.',
  'data/not-utf8': '{name} is not valid UTF-8: it is read as Windows-1252. Save it as UTF-8 if letters look wrong.',
  'data/no-header': 'The first row of {name} looks like data, not like column names. Add a row of names above it.',
  'data/one-column':
    '{name} has one column only: nothing is left to learn from. If it is a text that should have more, check its delimiter.',
  'data/empty-names': 'Columns without a name: {count}, the first at position {position}. They are called “column_N”.',
  'data/duplicate-names':
    'Columns that repeat the name of another: {count}, the first repeats “{column}” and is called “{example}”.',
  'data/ragged':
    'Rows with more or fewer cells than the {columns} columns: {rows}, the first is row {row}. They are left out.',
  'data/missing-tokens': 'Cells that read {tokens} count as missing.',
  'data/constant': 'Column “{column}” has the same value in every row: there is nothing to learn from it.',
  'data/all-missing': 'Column “{column}” has no value at all.',
  'data/id-like': 'Column “{column}” looks like an identifier: it is left out unless you choose another role.',
  'data/mixed':
    'Column “{column}” is treated as text: cells that are no number: {count}, for example “{example}”. Correct or empty them to make it numeric.',
  'data/ambiguous-dates': 'Dates in column “{column}” fit {format} and {other}: they are read as {format}.',
} as const;
