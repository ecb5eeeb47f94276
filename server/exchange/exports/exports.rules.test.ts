import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statusExportHeader, statusExportName, tallyStatuses } from './exports.rules.ts'

describe('status exports', () => {
  test.each([
    ['Vouchsafe', null, 'Vouchsafe-20260201_050000.csv'],
    ['Vouchsafe', 'HRMS', 'Vouchsafe-HRMS-20260201_050000.csv'],
    ['ACME-Status', 'Payroll.AU', 'ACME-Status-Payroll.AU-20260201_050000.csv'],
  ])('%s of %s is called %s', (prefix, source, name) => {
    expect(statusExportName(prefix, source, { date: '2026-02-01', time: '05:00:00' })).toBe(name)
  })

  test('the header is the contract’s', () => {
    expect(statusExportHeader).toBe(
      '"external_id","licence_type","licence_number","issue_date","expiry_date","licence_status"\n',
    )
  })

  test('the tally is that of the lines, however they are cut and whatever they hold', () => {
    const status = fc.constantFrom('green', 'yellow', 'red')
    const nasty = fc.oneof(
      fc.string(),
      fc.constantFrom(',"green"\n', '"', '""', 'green', '\n', ',', '"\n', ',"red"\r\n', 'yellow"\n'),
    )
    const line = fc.tuple(fc.array(nasty, { minLength: 1, maxLength: 4 }), status)
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(2_000)), (lines, cuts) => {
        const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
        const bytes = Buffer.from(
          lines.map(([cells, last]) => [...cells, last].map(quoted).join(',') + '\n').join(''),
        )
        const tally = tallyStatuses()
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
        places.forEach((place, index) => tally.add(bytes.subarray(place, places[index + 1] ?? bytes.length)))
        const count = (wanted: string): number => lines.filter(([, last]) => last === wanted).length
        expect(tally.counts()).toEqual({
          rows: lines.length,
          green: count('green'),
          yellow: count('yellow'),
          red: count('red'),
        })
      }),
      { numRuns: 300 },
    )
  })
})
