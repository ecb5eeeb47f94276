// Bites on every way to time, chance, settings and the network; in server/platform/ the same lines are sound.
import { env } from 'node:process' // bites: no-restricted-imports

export const milliseconds = Date.now() // bites: no-restricted-syntax
export const clock = Date.now // bites: no-restricted-syntax
export const now = new Date() // bites: no-restricted-syntax
export const nowAsText = Date() // bites: no-restricted-syntax
export const chance = Math.random() // bites: no-restricted-syntax
export const folder = process.env['DATA_DIR'] // bites: no-restricted-syntax
const { env: settings } = process // bites: no-restricted-syntax
export const answer = await fetch('https://example.org') // bites: no-restricted-globals
export const otherAnswer = await globalThis.fetch('https://example.org') // bites: no-restricted-syntax

export const instant = new Date('2026-02-01T00:00:00Z')
export const names = [env, settings]
