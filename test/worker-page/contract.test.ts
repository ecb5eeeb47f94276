/**
 * The worker's page and the server say the same about what passes between them: neither may import the other, so the types are
 * compared here, when the tests are compiled (`tsc -p .`).
 */
import { expect, expectTypeOf, test } from 'vitest'
import type * as server from '../../server/collection/worker-page/worker-page.schema.ts'
import { pageFields, pageItem, pageState } from '../../server/collection/worker-page/worker-page.schema.ts'
import type * as page from '../../web/request/page-state.ts'

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
