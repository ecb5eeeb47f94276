import { expect, test } from 'vitest'
import { compareNames } from './names.rules.ts'

const holder = (givenName: string, familyName: string, ...otherNames: string[]) => ({
  givenName,
  familyName,
  otherNames,
})

test.each([
  ['Maria Rossi', holder('Maria', 'Rossi')],
  ['ROSSI, Maria', holder('Maria', 'Rossi')],
  ['ROSSI Maria Elena', holder('Maria', 'Rossi')],
  ['Ms Maria Elena Rossi', holder('Maria', 'Rossi')],
  ['Maria Rossi', holder('Maria Elena', 'Rossi')],
  ['M Rossi', holder('Maria', 'Rossi')],
  ['M. E. Rossi', holder('Maria Elena', 'Rossi')],
  ['Bill Nguyen', holder('William', 'Nguyen')],
  ['Katherine O’Brien', holder('Kate', "O'Brien")],
  ['KATE OBRIEN', holder('Kate', "O'Brien")],
  ['Zoë Müller', holder('Zoe', 'Muller')],
  ['Zoe Miiller', holder('Zoë', 'Müller')],
  ['Maryanne Smith', holder('Mary-Anne', 'Smith')],
  ['Anna Van Der Berg', holder('Anna', 'van der Berg')],
  ['Jane Smith', holder('Jane', 'Taylor', 'Smith')],
  ['Jane Smith', holder('Jane', 'Taylor', 'Jane Smith')],
  ['Jane Smith-Taylor', holder('Jane', 'Taylor-Smith', 'Smith-Taylor')],
  ['Jarnes Srnith', holder('James', 'Smith')],
  ['Rose Elizabeth Wu', holder('Wu', 'Rose')],
])('%s is %o', (printed, name) => {
  expect(compareNames(printed, name)).toBe('MATCH')
})

test.each([
  ['Maria Bianchi', holder('Maria', 'Rossi')],
  ['Rossi', holder('Maria', 'Rossi')],
])('%s may be %o: a part is the same', (printed, name) => {
  expect(compareNames(printed, name)).toBe('UNSURE')
})

test.each([
  ['Peter Rossi', holder('Maria', 'Rossi')],
  ['Peter Smith', holder('Maria', 'Rossi')],
  ['Maria Elena Garcia Lopez', holder('Peter', 'Smith')],
  ['Wei Chen', holder('Mei', 'Cheng')],
])('%s is not %o', (printed, name) => {
  expect(compareNames(printed, name)).toBe('DIFFERENT')
})
