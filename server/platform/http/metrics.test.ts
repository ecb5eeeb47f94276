import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { startFrontDoors, type FrontDoors } from '../../front-doors.ts'

describe('metrics', () => {
  let house: TestHouse
  let doors: FrontDoors
  beforeAll(async () => {
    house = await openTestHouse({ settings: { METRICS_PORT: '0' } })
    doors = await startFrontDoors(house.runtime, { http: true, sftp: true, version: '0.0.0' })
  })
  afterAll(async () => {
    await doors.close()
    await house.close()
  })
  const get = (port: number | null, path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`)

  test('tell of requests by their documented path, and of jobs; on their own port alone', async () => {
    await get(doors.httpPort, '/openapi/v1/workers/wkr_secret')
    const answer = await get(doors.metricsPort, '/metrics')
    expect(answer.headers.get('content-type')).toContain('text/plain')
    const text = await answer.text()
    expect(text).toMatch(
      /vouchsafe_http_request_duration_seconds_count\{route="\/openapi\/v1\/workers\/\{id\}",method="GET",status="401"\} 1/,
    )
    expect(text).toContain('vouchsafe_jobs{state="failed"} 0')
    expect(text).toContain('vouchsafe_sftp_connections{state="loggedIn"} 0')
    expect(text).toContain('vouchsafe_sftp_sources{state="banned"} 0')
    expect(text).toContain('vouchsafe_sftp_turned_away_total{reason="BANNED"} 0')
    expect(text).toContain('vouchsafe_sftp_logins_total{outcome="accepted"} 0')
    expect(text).toContain('process_resident_memory_bytes')
    expect(text).not.toContain('wkr_secret')
    expect((await get(doors.metricsPort, '/openapi/v1/workers')).status).toBe(404)
    expect((await get(doors.httpPort, '/metrics')).status).toBe(404)
  })
})
