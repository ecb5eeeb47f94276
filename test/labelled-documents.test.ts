/** The labelled set is what a reader of documents is measured with: it has to be large, mixed and honest. */
import { describe, expect, test } from 'vitest'
import { planLabelledSet } from '../scripts/labelled-documents/labelled-set.ts'
import { pageLayouts, heldBackTypefaces, seenTypefaces } from '../scripts/labelled-documents/page-layouts.ts'

describe('the labelled documents', () => {
  const planned = planLabelledSet(20_261_127)
  const labels = planned.map(({ label }) => label)
  const heldBack = labels.filter(({ isHeldBack }) => isHeldBack)

  test('are at least 900 of at least 15 types, a third held back, a hundred of these wrong or foreign', () => {
    expect(labels.length).toBeGreaterThanOrEqual(900)
    expect(new Set(labels.map(({ type }) => type)).size - 1).toBeGreaterThanOrEqual(15)
    expect(heldBack.length * 3).toBeGreaterThanOrEqual(labels.length)
    expect(heldBack.filter(({ type, askedType }) => type !== askedType).length).toBeGreaterThanOrEqual(100)
    for (const condition of ['text', 'scan', 'photo'] as const)
      expect(
        heldBack.filter((one) => one.condition === condition && one.type !== null).length,
      ).toBeGreaterThan(60)
    expect(labels.some(({ mediaType }) => mediaType === 'image/heic')).toBe(true)
    expect(labels.some(({ arrangement }) => arrangement === 'TWO')).toBe(true)
    expect(labels.some(({ arrangement }) => arrangement === 'PAGES')).toBe(true)
  })

  test('hold whole layouts and typefaces back', () => {
    const namesOf = (isHeldBack: boolean): Set<string> =>
      new Set(labels.filter((one) => one.isHeldBack === isHeldBack).map(({ layout }) => layout))
    expect([...namesOf(true)].filter((name) => namesOf(false).has(name))).toEqual([])
    expect(pageLayouts.filter(({ isHeldBack }) => isHeldBack).length).toBeGreaterThanOrEqual(4)
    const seen = new Set(seenTypefaces.map(({ regular }) => regular))
    expect(heldBackTypefaces.filter(({ regular }) => seen.has(regular))).toEqual([])
  })

  test('are the same for the same seed, and named once', () => {
    expect(planLabelledSet(20_261_127)).toEqual(planned)
    expect(new Set(labels.map(({ id }) => id)).size).toBe(labels.length)
  })
})
