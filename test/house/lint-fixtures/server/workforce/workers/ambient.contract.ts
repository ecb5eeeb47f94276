// The same lines as in ambient.ts: in a test they are sound.
import { env } from 'node:process'

export const milliseconds = Date.now()
export const clock = Date.now
export const now = new Date()
export const nowAsText = Date()
export const chance = Math.random()
export const folder = process.env['DATA_DIR']
const { env: settings } = process
export const answer = await fetch('https://example.org')
export const otherAnswer = await globalThis.fetch('https://example.org')

export const instant = new Date('2026-02-01T00:00:00Z')
export const names = [env, settings]
