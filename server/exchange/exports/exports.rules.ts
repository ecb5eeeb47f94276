/** Names and heads of status exports. Pure. */

export const statusExportColumns = [
  'external_id',
  'licence_type',
  'licence_number',
  'issue_date',
  'expiry_date',
  'licence_status',
]

/** The header line, quoted like every value (spec 50, A run, 7). */
export const statusExportHeader = `${statusExportColumns.map((name) => `"${name}"`).join(',')}\n`

/**
 * `<prefix>-<timestamp>.csv`, with the source between where there are several (spec 50, A run, 7).
 *
 * @param wallClock date and time in the organisation's zone
 */
export function statusExportName(
  prefix: string,
  source: string | null,
  wallClock: { date: string; time: string },
): string {
  const timestamp = `${wallClock.date.replaceAll('-', '')}_${wallClock.time.replaceAll(':', '')}`
  return [prefix, ...(source === null ? [] : [source]), timestamp].join('-') + '.csv'
}
