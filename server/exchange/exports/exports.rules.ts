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

/** The header of the compliance export (spec 60, Positions). */
export const complianceExportHeader = '"external_id","position_id","state","status","gaps","as_of"\n'

/**
 * A row of the compliance export. Gaps read `TYPE REASON`, with `; ` between; the place in the tree stands for what has no type.
 * `status` is empty where there is nothing to judge.
 */
export function complianceLine(row: {
  readonly externalId: string
  readonly positionCode: string | null
  readonly state: string | null
  readonly status: string | null
  readonly gaps: readonly {
    readonly path: string
    readonly credentialType: string | null
    readonly reason: string
  }[]
  readonly asOf: Date
}): string {
  const gaps = row.gaps.map(({ path, credentialType, reason }) => `${credentialType ?? path} ${reason}`)
  const cells = [
    row.externalId,
    row.positionCode ?? '',
    row.state ?? '',
    row.status ?? '',
    [...new Set(gaps)].join('; '),
    row.asOf.toISOString(),
  ]
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`
}

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

export interface StatusTally {
  /** Takes the next piece of the data lines, cut wherever. */
  add(piece: Buffer): void
  counts(): { rows: number; green: number; yellow: number; red: number }
}

/**
 * Counts the statuses in the lines as they go by, so that nothing is joined a second time for it. A line ends with its
 * quoted status; inside a quoted value every quote stands doubled (RFC 4180, section 2), so no value can look like that.
 */
export function tallyStatuses(): StatusTally {
  const patterns = (['green', 'yellow', 'red'] as const).map((status) => ({
    status,
    bytes: Buffer.from(`,"${status}"\n`),
    count: 0,
    tail: Buffer.alloc(0),
  }))
  return {
    add: (piece) => {
      for (const pattern of patterns) {
        const { bytes } = pattern
        // The end of what came before, too short to hold a whole one.
        const text = Buffer.concat([pattern.tail, piece])
        for (let at = text.indexOf(bytes); at !== -1; at = text.indexOf(bytes, at + bytes.length))
          pattern.count += 1
        pattern.tail = text.subarray(Math.max(0, text.length - bytes.length + 1))
      }
    },
    counts: () => {
      const [green = 0, yellow = 0, red = 0] = patterns.map((pattern) => pattern.count)
      return { rows: green + yellow + red, green, yellow, red }
    },
  }
}
