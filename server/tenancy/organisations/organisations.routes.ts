/** `/organisation` */
import { z } from 'zod'
import { resourceRoute, type Route } from '../../platform/http/route.ts'
import {
  organisationAttributes,
  organisationPatch,
  settingsFrom,
  settingsSchema,
} from './organisations.schema.ts'
import { changeOrganisation, getOrganisation, lockedOrganisation } from './organisations.ts'

const unchanged = new Date('1970-01-01T00:00:00Z')
const shown = {
  type: 'organisation',
  attributes: organisationAttributes,
  example: {
    id: 'org_4kT0aZ81mPq2LxYd',
    type: 'organisation',
    attributes: { name: 'Sunrise Aged Care', settings: settingsFrom([]) },
    lastUpdated: '2026-02-01T00:00:00.000Z',
  },
} as const

export const organisationRoutes: readonly Route[] = [
  resourceRoute({
    method: 'GET',
    path: '/organisation',
    name: 'getOrganisation',
    summary: 'Get the organisation and its settings.',
    tag: 'Organisation',
    grant: { entity: 'settings', verb: 'READ' },
    ...shown,
    run: ({ read }) => read((ctx) => getOrganisation(ctx)),
  }),
  resourceRoute({
    method: 'PATCH',
    path: '/organisation',
    name: 'updateOrganisation',
    summary: 'Change the organisation’s name or settings.',
    description:
      'Settings that are absent stay as they are, null goes back to the default. All of them are changed, or none.',
    tag: 'Organisation',
    grant: { entity: 'settings', verb: 'UPDATE' },
    ...shown,
    body: organisationPatch,
    bodyExample: { settings: { 'import.schedule': 'hourly', 'import.acceptDeclared': ['AHPRA'] } },
    errors: ['NAME_TAKEN'],
    current: (ctx) => lockedOrganisation(ctx),
    run: ({ write, body }) => write((ctx) => changeOrganisation(ctx, body)),
  }),
  resourceRoute({
    method: 'GET',
    path: '/organisation/settings-schema',
    name: 'getSettingsSchema',
    summary: 'Get what every setting may be, as JSON Schema.',
    tag: 'Organisation',
    grant: { entity: 'settings', verb: 'READ' },
    type: 'settingsSchema',
    attributes: z.record(z.string(), z.unknown()),
    example: {
      id: 'settings',
      type: 'settingsSchema',
      attributes: settingsSchema(),
      lastUpdated: '1970-01-01T00:00:00.000Z',
    },
    run: () =>
      // The same for every organisation and as long as this version runs.
      Promise.resolve({ id: 'settings', attributes: settingsSchema(), lastUpdated: unchanged }),
  }),
]
