/**
 * When a source that sends daily has fallen silent (spec 50, A run, 8). Pure.
 *
 * Learned from the days on which it sent in the four weeks up to its last file:
 * - a *rest day* is a day of the week that came in that time and on which it never sent: weekends of most HR systems;
 * - it sends *daily* when it sent on three of the last seven days, and on three of four of the other days of the last two
 *   weeks, or since its last pause of three. One that sends on Mondays only is not late on Tuesday;
 * - silence is counted in hours of days that are not rest days: a source that pauses at the weekend is not missed on Monday.
 */
import { addDays, localDateOf, type LocalDate } from '../../platform/local-date.ts'
import { startOfDay } from '../../platform/zoned-time.ts'

const daysKept = 28
const daysJudged = 14
const lastWeek = 7
const leastDays = 3
const leastShare = 0.75
/** After so many working days without a file it begins anew: it was silent, which says nothing of its habit. */
const pauseDays = 3

export interface Habit {
  /** Days of the zone on which it sent, in order; the last one is that of its last file. */
  readonly days: readonly LocalDate[]
  readonly lastReceivedAt: Date
  readonly timeZone: string
}

/** The days of a habit with one more, without those that are too old to count. */
export function withDay(days: readonly LocalDate[], today: LocalDate): LocalDate[] {
  const oldest = addDays(today, 1 - daysKept)
  return [...new Set([...days, today])].filter((day) => day >= oldest && day <= today).sort()
}

const weekday = (date: LocalDate): number => new Date(`${date}T00:00:00Z`).getUTCDay()

/** Days of the week (0 = Sunday) that came between the first and the last day, and had no file. */
function restDays(days: readonly LocalDate[], first: LocalDate, last: LocalDate): ReadonlySet<number> {
  const rest = new Set<number>()
  for (let day = first; day <= last; day = addDays(day, 1)) rest.add(weekday(day))
  for (const day of days) rest.delete(weekday(day))
  return rest
}

function sendsDaily(days: readonly LocalDate[], last: LocalDate, rest: ReadonlySet<number>): boolean {
  if (days.filter((day) => day > addDays(last, -lastWeek)).length < leastDays) return false
  const sent = new Set<string>(days)
  const first = days[0] as LocalDate
  const from = addDays(last, 1 - daysJudged)
  let [working, kept, missed] = [0, 0, 0]
  for (let day = first > from ? first : from; day <= last; day = addDays(day, 1)) {
    if (rest.has(weekday(day))) continue
    missed = sent.has(day) ? 0 : missed + 1
    working += 1
    if (missed === 0) kept += 1
    if (missed === pauseDays) [working, kept, missed] = [0, 0, missed - 1]
  }
  return kept >= leastDays && kept >= leastShare * working
}

/** When so many hours of silence are over, if nothing comes; null when it does not send daily. */
export function silenceEnds(habit: Habit, hours: number): Date | null {
  const { days, lastReceivedAt, timeZone } = habit
  const last = days.at(-1)
  if (last === undefined || days[0] === undefined) return null
  const rest = restDays(days, days[0], last)
  if (!sendsDaily(days, last, rest)) return null
  let left = hours * 3_600_000
  let from = lastReceivedAt
  for (let day = localDateOf(from, timeZone); ; day = addDays(day, 1)) {
    const end = startOfDay(addDays(day, 1), timeZone)
    if (!rest.has(weekday(day))) {
      const span = end.getTime() - from.getTime()
      if (span >= left) return new Date(from.getTime() + left)
      left -= span
    }
    from = end
  }
}
