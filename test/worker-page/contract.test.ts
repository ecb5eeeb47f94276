/**
 * The worker's page and the server say the same about what passes between them: neither may import the other, so the types are
 * compared here, when the tests are compiled (`tsc -p .`).
 */
import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import type * as server from '../../server/collection/worker-page/worker-page.schema.ts'
import {
  pageFields,
  pageFileBytesMax,
  pageItem,
  pageState,
} from '../../server/collection/worker-page/worker-page.schema.ts'
import { normaliseCredentialNumber } from '../../server/workforce/credential-types/credential-numbers.rules.ts'
import type * as page from '../../web/request/page-state.ts'
import { fileBytesMax } from '../../web/request/rules/files.ts'
import { plainNumber } from '../../web/request/rules/numbers.ts'

test('what the server tells is what the page reads, member by member', () => {
  expectTypeOf<server.PageState>().toEqualTypeOf<page.PageState>()
  expectTypeOf<server.PageItem>().toEqualTypeOf<page.PageItem>()
  expectTypeOf<server.PageFile>().toEqualTypeOf<page.PageFile>()
  expectTypeOf<server.PageFields>().toEqualTypeOf<page.PageFields>()
  expectTypeOf<server.PageNode>().toEqualTypeOf<page.PageNode>()
  expect(Object.keys(pageState.shape)).toContain('stage')
})

test('a state with a member that the page does not know is refused, not passed by', () => {
  const fields = { number: '', holderName: '', issueDate: '', expiryDate: '', hasNoExpiry: false }
  expect(pageFields.safeParse(fields).success).toBe(true)
  expect(pageFields.safeParse({ ...fields, medicareNumber: '1' }).success).toBe(false)
  expect(pageItem.safeParse({}).success).toBe(false)
})

test('numbers that the page finds right are compared by the server in the same form', () => {
  const part = fc.constantFrom(
    'WWC',
    'No: ',
    'Reg. no. ',
    '12',
    'ａ３',
    '–',
    '-',
    ' ',
    '/',
    'ﬁ',
    'ß',
    '#',
    '.',
  )
  const number = fc.oneof(
    fc.array(part).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme' }),
  )
  fc.assert(fc.property(number, (typed) => plainNumber(typed) === normaliseCredentialNumber(typed)))
})

test('files are measured alike on both sides', () => {
  expect(fileBytesMax).toBe(pageFileBytesMax)
})
