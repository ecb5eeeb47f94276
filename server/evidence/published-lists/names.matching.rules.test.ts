/** Which names may be one person's. The people are made in test/population.ts, which knows nothing of how they are compared. */
import { describe, expect, test } from 'vitest'
import { faulted, faults, madePeople, seeded, type MadePerson } from '../../../test/population.ts'
import { nameIndex, type ComparedPerson, type ListedPerson } from './names.matching.rules.ts'
import { partsOf, soundOf, wordsOf } from './names.tokens.rules.ts'

const listed = (family: string, given: string, more: Partial<ListedPerson> = {}): ListedPerson => ({
  key: `${family} ${given}`,
  family,
  given,
  middle: null,
  birthDate: null,
  state: null,
  otherNames: [],
  ...more,
})
const person = (family: string, given: string, more: Partial<ComparedPerson> = {}): ComparedPerson => ({
  family,
  given,
  middle: null,
  birthDate: null,
  state: null,
  ...more,
})

/** A list as long as a published one, with these rows in it. */
const among = (rows: readonly ListedPerson[]): ReturnType<typeof nameIndex> =>
  nameIndex([
    ...madePeople(11, 2_000).map((one, at) => listed(one.family, one.given, { ...one, key: `other ${at}` })),
    ...rows,
  ])
const keys = (index: ReturnType<typeof nameIndex>, one: ComparedPerson): string[] =>
  index.matchesOf(one).map(({ key }) => key)

describe('names that may be one person’s', () => {
  test.each([
    ['the same', person('Featherstonehaugh', 'Zephyrine'), 'Featherstonehaugh', 'Zephyrine'],
    ['a letter is another', person('Featherstonehough', 'Zephyrine'), 'Featherstonehaugh', 'Zephyrine'],
    ['letters changed places', person('Okonwko', 'Chiamaka'), 'Okonkwo', 'Chiamaka'],
    ['given and family name changed places', person('Chiamaka', 'Okonkwo'), 'Okonkwo', 'Chiamaka'],
    ['a middle name is missing', person('Okonkwo', 'Chiamaka'), 'Okonkwo', 'Chiamaka Ngozi'],
    [
      'a middle name is an initial',
      person('Okonkwo', 'Chiamaka', { middle: 'N' }),
      'Okonkwo',
      'Chiamaka Ngozi',
    ],
    ['accents are left out', person('Dang', 'Hong', { middle: 'Thi' }), 'Đặng', 'Thị Hồng'],
    ['an umlaut is written out', person('Mueller', 'Juergen'), 'Müller', 'Jürgen'],
    ['a short form', person('Thistlethwaite', 'Bob'), 'Thistlethwaite', 'Robert'],
    ['another spelling of one name', person('Al-Hashemi', 'Muhammad'), 'Alhashimi', 'Mohammed'],
    ['Greek letters', person('Katsaropoulos', 'Dimitrios'), 'Κατσαρόπουλος', 'Δημήτριος'],
    ['Cyrillic letters', person('Shevchenkova', 'Oksana'), 'Шевченкова', 'Оксана'],
    [
      'an apostrophe and a hyphen',
      person('OShaughnessy Lowe', 'Mary Anne'),
      "O'Shaughnessy-Lowe",
      'Maryanne',
    ],
    ['a double name has one part', person('Thistlethwaite', 'Ottoline'), 'Thistlethwaite-Okafor', 'Ottoline'],
    ['a title', person('Thistlethwaite', 'Dr Ottoline'), 'Thistlethwaite', 'Ottoline'],
  ])('%s', (_, one, family, given) => {
    const row = listed(family, given, { key: 'row' })
    expect(keys(among([row]), one)).toContain('row')
  })

  test('another name of a row is found like its first one', () => {
    const row = listed('Okonkwo', 'Chiamaka', {
      key: 'row',
      otherNames: [{ family: 'Thistlethwaite', given: 'Ottoline', middle: null }],
    })
    const [match] = among([row]).matchesOf(person('Thistlethwaite', 'Ottoline'))
    expect(match).toMatchObject({ key: 'row' })
    expect(match?.grounds).toContain('OTHER_NAME_OF_ROW')
  })

  test('a day of birth lets a common name in or keeps it out', () => {
    const index = among([listed('Smith', 'Sarah', { key: 'row', birthDate: '1980-03-02', state: 'VIC' })])
    expect(keys(index, person('Smith', 'Sarah', { birthDate: '1980-03-02', state: 'WA' }))).toContain('row')
    expect(keys(index, person('Smith', 'Sarah', { birthDate: '1980-02-03', state: 'VIC' }))).toContain('row')
    expect(keys(index, person('Smith', 'Sarah', { birthDate: '1991-11-30', state: 'VIC' }))).not.toContain(
      'row',
    )
    expect(keys(index, person('Smith', 'Sarah', { state: 'VIC' }))).toContain('row')
  })

  test('two names that both exist are not one mistyped', () => {
    const others = ['Wei', 'Wei', 'Jun', 'Lan', 'Bo'].map((given, at) =>
      listed('Cheng', given, { key: `c${at}` }),
    )
    const rows = [listed('Chen', 'Mei', { key: 'row' }), ...others]
    expect(keys(among(rows), person('Cheng', 'Mei', { birthDate: '1991-01-01' }))).not.toContain('row')
    expect(keys(among(rows), person('Chen', 'Wei'))).not.toContain('row')
  })

  test('half a name is nobody, unless it is the whole of it', () => {
    const index = among([listed('Suharto', '', { key: 'row', given: null })])
    expect(keys(index, person('Suharto', '', { given: null }))).toEqual(['row'])
    expect(keys(index, person('Suharto', 'Bambang'))).toEqual([])
    expect(among([]).matchesOf(person('', '', { family: null, given: null }))).toEqual([])
  })

  test('the answer is the same whatever the order of the rows', () => {
    const rows = madePeople(5, 300).map((one, at) =>
      listed(one.family, one.given, { ...one, key: String(at) }),
    )
    const onList = madePeople(5, 300)
    const people = madePeople(6, 500).map((one, at) =>
      at < 100 ? faulted(seeded(at), onList[at] ?? one, 'typo') : one,
    )
    const [there, back] = [nameIndex(rows), nameIndex([...rows].reverse())]
    for (const one of people) expect(back.matchesOf(one)).toEqual(there.matchesOf(one))
  })

  test('of people on a list all come to review, of others one in two hundred at most', () => {
    const people = madePeople(101, 1_500)
    const rows = people.map((one, at) => listed(one.family, one.given, { ...one, key: String(at) }))
    const index = nameIndex(rows)
    const random = seeded(9)
    const missed = rows.slice(0, 900).flatMap((row, at) => {
      const fault = faults[at % faults.length] ?? 'typo'
      const one = faulted(random, people[at] as MadePerson, fault)
      return keys(index, one).includes(row.key) ? [] : [`${fault}: ${row.key}`]
    })
    expect(missed).toEqual([])
    const flagged = madePeople(202, 4_000).filter((one) => index.matchesOf(one).length > 0).length
    expect(flagged / 4_000).toBeLessThanOrEqual(0.005)
  })
})

test('a whole name is taken apart', () => {
  expect(partsOf('CHEN, Sarah Mei', false)).toEqual({ given: 'Sarah', middle: 'Mei', family: 'CHEN' })
  expect(partsOf('Sarah Mei Chen', false)).toEqual({ given: 'Sarah', middle: 'Mei', family: 'Chen' })
  expect(partsOf('Nguyễn Thị Lan', true)).toEqual({ given: 'Thị', middle: 'Lan', family: 'Nguyễn' })
  expect(wordsOf('O’Brien-Đặng (Kim)')).toEqual(['obrien', 'dang', 'kim'])
})

test('names that sound alike have one sound', () => {
  for (const [one, other] of [
    ['catherine', 'kathryn'],
    ['stephen', 'steven'],
    ['mueller', 'muller'],
    ['geoffrey', 'jeffrey'],
  ] as const)
    expect(soundOf(one)).toBe(soundOf(other))
  expect(soundOf('smith')).not.toBe(soundOf('jones'))
})
