/** A way to write dates: a Python `strptime` format, or `ISO8601`. */
export interface DateFormat {
  readonly format: string;
  /** Milliseconds since the epoch (UTC where the text names no zone), or `undefined` when the text does not fit. */
  parse(text: string): number | undefined;
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const FULL = MONTHS.join('|');
const SHORT = MONTHS.map((month) => month.slice(0, 3)).join('|');

/** What each directive matches; never more than Python's `strptime` takes. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  B: `(?<B>${FULL})`,
  b: `(?<b>${SHORT})`,
  H: '(?<H>\\d{1,2})',
  I: '(?<I>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  f: '(?<f>\\d{1,6})',
  p: '(?<p>am|pm)',
};
/** `%Y%m%d` has no separators: all of its fields are written in full. */
const COMPACT = /^(?<Y>(?:19|20)\d\d)(?<m>\d\d)(?<d>\d\d)$/;
const ISO =
  /^(?<Y>\d{4})-(?<m>\d\d)-(?<d>\d\d)(?:[T ](?<H>\d\d):(?<M>\d\d)(?::(?<S>\d\d)(?:\.(?<f>\d{1,9}))?)?(?<z>Z|[+-]\d\d:?\d\d)?)?$/;

function patternOf(format: string): RegExp {
  if (format === 'ISO8601') return ISO;
  if (format === '%Y%m%d') return COMPACT;
  const body = format.replace(/%(.)|[.]/g, (found, directive?: string) =>
    directive === undefined ? `\\${found}` : (DIRECTIVES[directive] ?? found),
  );
  return new RegExp(`^${body}$`, 'i');
}

type Groups = Readonly<Record<string, string | undefined>>;

function yearOf({ Y, y }: Groups): number {
  if (Y !== undefined) return Number(Y);
  const short = Number(y);
  return short + (short < 69 ? 2000 : 1900);
}

function monthOf({ m, B, b }: Groups): number {
  if (m !== undefined) return Number(m);
  const name = (B ?? b ?? '').toLowerCase().slice(0, 3);
  return MONTHS.findIndex((month) => month.startsWith(name)) + 1;
}

function hourOf({ H, I, p }: Groups): number {
  if (I === undefined) return Number(H ?? 0);
  const hour = Number(I);
  return hour < 1 || hour > 12 ? Number.NaN : (hour % 12) + (p?.toLowerCase() === 'pm' ? 12 : 0);
}

/** Minutes east of Greenwich. */
function offsetOf({ z }: Groups): number {
  if (z === undefined || z === 'Z') return 0;
  const minutes = Number(z.slice(1, 3)) * 60 + Number(z.slice(-2));
  return z.startsWith('-') ? -minutes : minutes;
}

/** The instant that the fields name, or `undefined` when there is no such day or time. */
function instant(groups: Groups): number | undefined {
  const [year, month, day] = [yearOf(groups), monthOf(groups), Number(groups.d ?? 1)];
  const [hour, minute, second] = [hourOf(groups), Number(groups.M ?? 0), Number(groups.S ?? 0)];
  if (!(hour < 24 && minute < 60 && second < 60) || year < 1) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const fraction = groups.f === undefined ? 0 : Math.floor(Number(`0.${groups.f}`) * 1000);
  return date.getTime() + ((hour * 60 + minute - offsetOf(groups)) * 60 + second) * 1000 + fraction;
}

function dateFormat(format: string): DateFormat {
  const pattern = patternOf(format);
  return {
    format,
    parse: (text) => {
      const groups = pattern.exec(text)?.groups;
      return groups && instant(groups);
    },
  };
}

/** Day-first before month-first, but for slashes. */
const DAYS = [
  '%Y/%m/%d',
  '%Y.%m.%d',
  '%m/%d/%Y',
  '%d/%m/%Y',
  '%d.%m.%Y',
  '%m.%d.%Y',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%m/%d/%y',
  '%d/%m/%y',
  '%d.%m.%y',
  '%d-%b-%Y',
  '%d-%b-%y',
  '%d %b %Y',
  '%d %B %Y',
  '%b %d, %Y',
  '%B %d, %Y',
];
const TIMES = ['', ' %H:%M', ' %H:%M:%S', ' %H:%M:%S.%f', ' %I:%M %p', ' %I:%M:%S %p'];

/** Every format that is looked for; where several fit all cells of a column, the first one counts. */
export const DATE_FORMATS: readonly DateFormat[] = [
  'ISO8601',
  '%Y%m%d',
  '%Y-%m',
  ...DAYS.flatMap((day) => TIMES.map((time) => day + time)),
].map(dateFormat);

/** Eight digits, or a digit or the first letter of a month followed by a separator that no plain number has. */
const DATE_LIKE = /^(?:\d{8}$|[\dadfjmnos].*(?:[-/ ]|\..*\.))/i;

/** A quick no for most text. */
export function mayBeDate(text: string): boolean {
  return text.length >= 6 && text.length <= 35 && DATE_LIKE.test(text);
}

/** The same format with day and month exchanged, when both are digits. */
export function swapped(format: string): string | undefined {
  if (!format.includes('%d') || !format.includes('%m')) return undefined;
  return format.replace(/%[dm]/g, (directive) => (directive === '%d' ? '%m' : '%d'));
}
