import { describe, expect, test } from 'vitest'
import { holdReasonsOf, isOlderName, type GuardFacts, type GuardLimits } from './imports.guard.rules.ts'

const limits: GuardLimits = {
  deactivationsMin: 10,
  deactivationsPercent: 20,
  majorityPercent: 50,
  credentialsMin: 10,
  credentialsPercent: 20,
  requirementRowsPercent: 20,
}
const calm: GuardFacts = {
  rows: 100,
  activeWorkersBefore: 100,
  workersDeactivated: 0,
  activeCredentialsBefore: 100,
  credentialsDeactivated: 0,
  unattributableRows: 0,
  requirementRowsBefore: 100,
  requirementRowsRemoved: 0,
  positionsEmptied: 0,
  isNewSource: false,
  isOutOfOrder: false,
}

describe('the guard', () => {
  test.each<[string, Partial<GuardFacts>, string[]]>([
    ['nothing unusual', {}, []],
    ['20 of 100 leave: exactly the limit', { workersDeactivated: 20 }, []],
    ['21 of 100 leave', { workersDeactivated: 21 }, ['DEACTIVATIONS']],
    [
      '10 of 20 leave: more than 20 % but not more than ten people, nor than half',
      { activeWorkersBefore: 20, workersDeactivated: 10 },
      [],
    ],
    ['11 of 20 leave', { activeWorkersBefore: 20, workersDeactivated: 11 }, ['DEACTIVATIONS']],
    [
      '1 of 1 leaves: a majority of one is somebody leaving',
      { activeWorkersBefore: 1, workersDeactivated: 1 },
      [],
    ],
    ['2 of 3 leave', { activeWorkersBefore: 3, workersDeactivated: 2 }, ['DEACTIVATIONS']],
    ['2 of 4 leave: half is not more than half', { activeWorkersBefore: 4, workersDeactivated: 2 }, []],
    ['1 of 3 leaves', { activeWorkersBefore: 3, workersDeactivated: 1 }, []],
    ['21 of 100 credentials go', { credentialsDeactivated: 21 }, ['CREDENTIALS_INACTIVATED']],
    [
      '10 of 10 credentials go: not more than ten',
      { activeCredentialsBefore: 10, credentialsDeactivated: 10 },
      [],
    ],
    ['a new source', { isNewSource: true }, ['NEW_SOURCE']],
    ['an older name', { isOutOfOrder: true }, ['OUT_OF_ORDER']],
    ['a row of nobody', { unattributableRows: 1 }, ['UNATTRIBUTABLE_ROWS']],
    ['20 of 100 requirements go', { requirementRowsRemoved: 20 }, []],
    ['21 of 100 requirements go', { requirementRowsRemoved: 21 }, ['REQUIREMENTS_REMOVED']],
    ['a position without requirements', { positionsEmptied: 1 }, ['POSITION_EMPTIED']],
    ['a header only', { rows: 0 }, ['HEADER_ONLY']],
    [
      'everything at once',
      { rows: 0, workersDeactivated: 100, isNewSource: true },
      ['DEACTIVATIONS', 'NEW_SOURCE', 'HEADER_ONLY'],
    ],
  ])('%s', (_name, facts, expected) => {
    expect(holdReasonsOf({ ...calm, ...facts }, limits)).toEqual(expected)
  })

  test.each([
    ['2026-02-01', '06:00:00', '2026-02-01', '07:00:00', true],
    ['2026-02-01', '07:00:00', '2026-02-01', '07:00:00', false],
    ['2026-02-01', null, '2026-02-01', '07:00:00', false],
    ['2026-01-31', null, '2026-02-01', null, true],
    ['2026-02-02', '00:00:00', '2026-02-01', null, false],
  ])('%s %s after %s %s is older: %s', (date, time, lastDate, lastTime, expected) => {
    expect(isOlderName({ date, time }, { date: lastDate, time: lastTime })).toBe(expected)
  })
})
