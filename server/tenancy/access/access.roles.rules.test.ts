import { describe, expect, test } from 'vitest'
import { allGrants, entityTypes, holdsGrant, parseGrants } from './access.schema.ts'
import { coversRole, grantsOfRole, isAbove, roles } from './access.roles.rules.ts'

describe('roles', () => {
  test('owner and admin may everything; everybody below may less', () => {
    expect(grantsOfRole('owner')).toEqual(allGrants)
    expect(grantsOfRole('admin')).toEqual(allGrants)
    const reviewers = { ...grantsOfRole('reviewer') }
    for (const [above, below] of [
      ['admin', 'manager'],
      ['manager', 'reviewer'],
      ['reviewer', 'viewer'],
    ] as const) {
      expect(coversRole(grantsOfRole(above), below)).toBe(true)
      expect(coversRole(grantsOfRole(below), above)).toBe(false)
      expect(isAbove(above, below)).toBe(true)
      expect(isAbove(below, above)).toBe(false)
    }
    expect(reviewers.review).toEqual(['READ', 'UPDATE'])
  })
  test('managers do the work and only see how the house is run', () => {
    const grants = grantsOfRole('manager')
    for (const entity of ['worker', 'credential', 'captureRequest', 'import', 'review'] as const)
      expect(holdsGrant(grants, entity, 'DELETE'), entity).toBe(true)
    for (const entity of [
      'user',
      'settings',
      'webhook',
      'sftpAccount',
      'partner',
      'auditEntry',
      'register',
    ] as const)
      expect(grants[entity], entity).toEqual(['READ'])
  })
  test('viewers read the work, and nothing of users, settings or the audit log', () => {
    const grants = grantsOfRole('viewer')
    for (const entity of entityTypes) {
      expect(holdsGrant(grants, entity, 'CREATE') || holdsGrant(grants, entity, 'UPDATE')).toBe(false)
      expect(holdsGrant(grants, entity, 'DELETE')).toBe(false)
    }
    for (const entity of ['user', 'settings', 'auditEntry', 'webhook', 'sftpAccount', 'partner'] as const)
      expect(holdsGrant(grants, entity, 'READ'), entity).toBe(false)
  })
  test('no role is above itself, and some grants cover no role', () => {
    for (const role of roles) expect(isAbove(role, role)).toBe(false)
    for (const role of roles)
      expect(coversRole(parseGrants(['user:READ,CREATE,UPDATE,DELETE']), role)).toBe(false)
  })
})
