/** When a source that does not answer wants to be asked again (RFC 9110, 10.2.3). Pure. */

/** Of an answer, by their names in small letters. */
interface WithHeaders {
  readonly headers: { readonly 'retry-after'?: string | undefined; readonly date?: string | undefined }
}

const retryAfterSecondsMax = 86_400

/** The three forms of a date in HTTP (RFC 9110, 5.6.7) begin with the day of the week; the last one names no zone. */
const httpDate = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .{5,40}$/i

/** NaN for what is no date. */
function instantOf(text: string | undefined): number {
  if (text === undefined || !httpDate.test(text)) return Number.NaN
  return Date.parse(/ GMT$/i.test(text) ? text : `${text} GMT`)
}

/** Seconds until it wants to be asked again (RFC 9110, 10.2.3). A date is read by its own clock, else by ours. */
export function retryAfterOf({ headers }: WithHeaders, now: Date): number | null {
  const text = headers['retry-after']?.trim()
  if (text === undefined) return null
  const itsNow = instantOf(headers.date)
  const seconds = /^\d+$/.test(text)
    ? Number(text)
    : Math.ceil((instantOf(text) - (Number.isNaN(itsNow) ? now.getTime() : itsNow)) / 1_000)
  // Anything but a whole number above nothing is none.
  return seconds > 0 ? Math.min(seconds, retryAfterSecondsMax) : null
}
