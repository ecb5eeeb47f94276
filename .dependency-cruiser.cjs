/**
 * The import rules of ARCHITECTURE.md, at error level. `test/house/fixtures/` holds one small tree per rule that breaks
 * just that rule, and test/house/import-rules.test.ts proves that each bites: a new rule needs a fixture of its name.
 *
 * Paths are relative to the project's root. `$1` is what the first group of `from.path` matched.
 */

/** Every feature, in the one order in which imports run: each may import those before it. A new one is added here. */
const order = [
  'tenancy/organisations',
  'tenancy/access',
  'tenancy/outbox',
  'tenancy/event-feed',
  'tenancy/audit',
  'tenancy/users',
  'workforce/credential-types',
  'workforce/requirements',
  'workforce/positions',
  'workforce/workers',
  'workforce/credentials',
  'evidence/attachments',
  'evidence/document-reading',
  'evidence/signed-documents',
  'evidence/register-simulator',
  'evidence/published-lists',
  'evidence/registers',
  'evidence/checks',
  'evidence/reviews',
  'evidence/document-checks',
  'evidence/ban-checks',
  'compliance/licence-status',
  'compliance/answers',
  'collection/fetch-requests',
  'collection/worker-page',
  'exchange/imports',
  'exchange/exports',
  'exchange/file-exchange',
  'issuing/partners',
  'issuing/holders',
  'issuing/submissions',
  'issuing/passport',
  'webhooks',
]

/** Modules of the platform without any I/O, clock or chance: schemas and rules may use them (docs/adr/0004). */
const purePlatform =
  '^server/platform/(errors|local-date|zoned-time|nearest|text|file-faults|csv-parser)\\.ts$'

/** What a process starts with. A child process is started by its path, which no import shows: list its file here. */
const entries = [
  '^server/main\\.ts$',
  '^server/platform/documents/document\\.child\\.ts$',
  '^server/platform/documents/document-text\\.child\\.ts$',
  '^server/platform/pdf/report\\.child\\.ts$',
]

/** The roof: what lists, opens, serves and shows the whole house, and may therefore import all of it. */
const composition =
  '^server/(app|house|front-doors|serve|demo|demo-registers|scope-keys|operator\\.commands)\\.ts$'
const vague = '([/.-](utils?|helpers?|common|manager|service)|[/.](core|types))[/.]'
const test = '\\.(test|contract)\\.ts$'
const pure = '\\.(schema|rules)\\.ts$'
const store = '\\.store\\.ts$'
const jobs = '\\.(jobs|emails)\\.ts$'
const routes = '\\.routes\\.ts$'
const commands = '\\.commands\\.ts$'
const sftp = '\\.sftp[a-z-]*\\.ts$'
const adapters = [jobs, routes, commands, sftp]

const feature = `^server/(${order.join('|')})/`
const doors = `^server/(${order.map((path) => `${path}/${path.split('/').at(-1)}`).join('|')})\\.ts$`
const platform = '^server/platform/'
const ours = '^(server|web|sdk|test|bench|examples|scripts)/'
const product = '^(server|web|sdk)/'

/** An npm package, whether installed, typed apart, or not installed at all. */
const npm = (...names) => `(^|node_modules/)(@types/)?(${names.join('|')})(/|$)`
const anyNpm = 'node_modules/'
const builtin = (...names) => `^(node:)?(${names.join('|')})(/|$)`

/** A rule about a file itself: one entry for any number of importers below 100, one for the rest. */
const aboutFiles = (name, comment, module) =>
  [{ numberOfDependentsLessThan: 100 }, { numberOfDependentsMoreThan: 99 }].map((importers) => ({
    name,
    severity: 'error',
    comment,
    module: { ...module, ...importers },
    from: {},
  }))

/** Packages that are named in one place only, so that they can be exchanged there. */
const confine = (name, packages, place, why) => ({
  name,
  severity: 'error',
  comment: why,
  from: { path: product, pathNot: [...place, test] },
  to: { path: npm(...packages) },
})

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or hide a third. Types count too.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A file that neither imports nor is imported does nothing.',
      from: {
        orphan: true,
        path: ours,
        pathNot: [test, ...entries, '\\.d\\.ts$', '^(bench|scripts|examples)/', '^test/global-setup\\.ts$'],
      },
      to: {},
    },
    {
      name: 'nothing-unreached',
      severity: 'error',
      comment: 'No import leads from main.ts to this file: compose it in app.ts, or delete it.',
      from: { path: entries },
      to: { reachable: false, path: '^server/', pathNot: [test, ...entries, '\\.d\\.ts$'] },
    },
    ...aboutFiles(
      'no-vague-file-names',
      'Such a name says nothing about why the file would change. Name it after what it owns.',
      { path: `${ours.slice(0, -1)}.*${vague}` },
    ),
    ...aboutFiles(
      'features-have-a-place-in-the-order',
      'A folder outside the order would escape its rules. Add the feature to `order` in this file.',
      { path: '^server/', pathNot: [feature, platform, composition, ...entries] },
    ),
    {
      name: 'platform-is-the-ground',
      severity: 'error',
      comment: 'The platform knows no feature. What it needs of one is handed to it by app.ts.',
      from: { path: platform, pathNot: test },
      to: { path: ours, pathNot: platform },
    },
    // One entry per feature under one name: "each may import those before it" is not one expression.
    ...order.slice(0, -1).map((left, index) => ({
      name: 'imports-run-left',
      severity: 'error',
      comment:
        'A feature calls those to its left; what lies to the right hears its events (ARCHITECTURE.md).',
      from: { path: `^server/${left}/`, pathNot: test },
      to: { path: `^server/(${order.slice(index + 1).join('|')})/` },
    })),
    {
      name: 'webhooks-know-tenancy-only',
      severity: 'error',
      comment: 'Webhooks hear events; they read no feature but tenancy.',
      from: { path: '^server/webhooks/', pathNot: test },
      to: { path: '^server/', pathNot: ['^server/webhooks/', '^server/tenancy/', platform, composition] },
    },
    {
      name: 'features-enter-by-the-door',
      severity: 'error',
      comment: 'Another feature is used through its <feature>.ts, *.schema.ts or *.rules.ts.',
      from: { path: feature, pathNot: test },
      to: {
        path: feature,
        pathNot: ['^server/$1/', doors, pure, ...adapters],
      },
    },
    {
      name: 'schemas-and-rules-are-pure',
      severity: 'error',
      comment: 'They import schemas, rules, zod and the pure part of the platform (docs/adr/0004).',
      from: { path: pure, pathNot: test },
      to: { pathNot: [pure, purePlatform, npm('zod'), ...adapters, composition] },
    },
    {
      name: 'pure-platform-stays-pure',
      severity: 'error',
      comment: 'Schemas and rules rely on these modules having no I/O (docs/adr/0004).',
      from: { path: purePlatform },
      to: { pathNot: purePlatform },
    },
    {
      name: 'stores-hold-sql-only',
      severity: 'error',
      comment: 'A store knows its own schema and rules, the database and the context: nothing that decides.',
      from: { path: `${feature}.*${store}`, pathNot: test },
      to: {
        pathNot: [
          '^server/$1/[^/]+\\.(schema|rules|store)\\.ts$',
          '^server/platform/(db/|context\\.ts$)',
          purePlatform,
          ...adapters,
          composition,
        ],
      },
    },
    {
      name: 'operations-know-no-transport',
      severity: 'error',
      comment: 'An operation serves HTTP, command line, jobs and SFTP alike. Adapters speak the protocols.',
      from: { path: feature, pathNot: [test, pure, store, routes, commands, sftp] },
      to: { path: '^server/platform/(http|cli)/' },
    },
    {
      name: 'jobs-call-own-operations',
      severity: 'error',
      comment: 'Jobs, listeners and e-mails translate for the operations of their own feature.',
      from: { path: `${feature}.*${jobs}`, pathNot: test },
      to: { path: ours, pathNot: ['^server/$1/', platform, composition] },
    },
    {
      name: 'routes-are-thin',
      severity: 'error',
      comment: 'A route is path, schema, grant and one call of an own operation.',
      from: { path: `${feature}.*${routes}`, pathNot: test },
      to: {
        pathNot: [
          '^server/$1/',
          '^server/platform/(http/|context\\.ts$|runtime\\.ts$)',
          purePlatform,
          npm('zod'),
          composition,
        ],
      },
    },
    {
      name: 'commands-are-thin',
      severity: 'error',
      comment: 'A command is arguments, one call of an own operation, and how its answer is shown.',
      from: { path: `${feature}.*${commands}`, pathNot: test },
      to: {
        pathNot: [
          '^server/$1/',
          '^server/platform/(cli/|clock\\.ts$|context\\.ts$|runtime\\.ts$)',
          // `--org`: no token says which organisation is meant.
          '^server/tenancy/organisations/organisations\\.ts$',
          purePlatform,
          npm('zod'),
          // A file or standard input given on the command line.
          builtin('fs', 'path', 'stream'),
          composition,
        ],
      },
    },
    {
      name: 'sftp-adapters-are-thin',
      severity: 'error',
      comment: 'The protocol adapter speaks SFTP and calls the operations of its own feature.',
      from: { path: `${feature}.*${sftp}`, pathNot: test },
      to: { path: ours, pathNot: ['^server/$1/', '^server/platform/(?!http/|cli/)', composition] },
    },
    {
      name: 'adapters-leave-stores-alone',
      severity: 'error',
      comment:
        'What decides, audits and emits is the operation; an adapter that reaches its store goes round it.',
      from: { path: adapters, pathNot: test },
      to: { path: store },
    },
    {
      name: 'only-the-composition-mounts-adapters',
      severity: 'error',
      comment: 'Jobs, routes, commands and servers are listed in app.ts; nothing else imports them.',
      from: { path: '^server/', pathNot: [composition, sftp, test] },
      to: { path: adapters },
    },
    {
      name: 'nothing-imports-the-composition',
      severity: 'error',
      comment: 'The composition imports all; only main.ts starts it.',
      from: { path: product, pathNot: [composition, ...entries, test] },
      to: { path: [composition, ...entries] },
    },
    {
      name: 'main-is-tiny',
      severity: 'error',
      comment: 'main.ts turns arguments into a command: it needs app.ts and the platform.',
      from: { path: entries },
      to: { path: ours, pathNot: [composition, platform] },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      comment: 'Tests and what serves them are no part of the product.',
      from: { path: product, pathNot: test },
      to: { path: [test, '^(test|bench|scripts|examples)/'] },
    },
    {
      name: 'product-needs-declared-packages',
      severity: 'error',
      comment:
        'What runs in production is a dependency in package.json, not a devDependency or a guest of another.',
      from: { path: product, pathNot: test },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'io-only-in-platform',
      severity: 'error',
      comment: 'Files, sockets and processes have one guarded way each, in server/platform.',
      from: {
        path: '^server/',
        pathNot: [
          platform,
          composition,
          test,
          commands,
          // The SFTP server listens on a socket; addresses are compared there.
          '^server/exchange/file-exchange/',
          // A process of its own that is no part of the house: it stands for somebody else's server.
          '^server/evidence/register-simulator/',
          // The catalogue is data beside the code.
          '^server/workforce/credential-types/credential-types\\.catalogue\\.ts$',
        ],
      },
      to: {
        path: [
          builtin(
            'fs',
            'net',
            'tls',
            'dgram',
            'dns',
            'http',
            'https',
            'http2',
            'child_process',
            'cluster',
            'worker_threads',
            'sqlite',
          ),
          npm('undici'),
        ],
      },
    },
    {
      name: 'file-exchange-listens-only',
      severity: 'error',
      comment: 'The one socket of its own is that of the SFTP server; files go through the storage.',
      from: { path: '^server/exchange/file-exchange/', pathNot: [test, commands] },
      to: {
        path: [
          builtin(
            'fs',
            'tls',
            'dgram',
            'dns',
            'http',
            'https',
            'http2',
            'child_process',
            'cluster',
            'worker_threads',
            'sqlite',
          ),
          npm('undici'),
        ],
      },
    },
    confine(
      'ssh2-only-in-file-exchange',
      ['ssh2'],
      ['^server/exchange/file-exchange/'],
      'The SFTP protocol is spoken in one feature.',
    ),
    confine(
      'http-framework-only-in-platform-http',
      ['fastify', '@fastify/[^/]+', 'fastify-[^/]+'],
      ['^server/platform/http/'],
      'Routes are written with our route kit, so that the framework can be exchanged.',
    ),
    confine(
      'pg-only-in-platform-db',
      ['pg', 'pg-copy-streams', 'kysely'],
      ['^server/platform/db/'],
      'Every connection starts in the narrow role and every statement in a unit of work: only one place can promise it.',
    ),
    confine(
      'pg-boss-only-in-platform-jobs',
      ['pg-boss'],
      // Its schema is made by the owner's migrations (docs/adr/0002).
      ['^server/platform/jobs/', '^server/platform/db/migrate\\.ts$'],
      'The queue carries run-now work only; what is due by time is ours.',
    ),
    confine(
      'nodemailer-only-in-platform-mail',
      ['nodemailer', 'imapflow', 'mailparser'],
      ['^server/platform/mail/'],
      'Mail leaves through one outbox, and what comes back comes in there.',
    ),
    confine(
      'pdfkit-only-in-platform-pdf',
      ['pdfkit', 'fontkit'],
      ['^server/platform/pdf/'],
      'PDF is drawn in a child process, so that it can be read aloud and nothing waits for it.',
    ),
    {
      name: 'web-never-imports-the-server',
      severity: 'error',
      comment: 'The browser talks to the public API through the typed client.',
      from: { path: '^web/' },
      to: { path: '^server/' },
    },
    {
      name: 'web-apps-stand-apart',
      severity: 'error',
      comment:
        'Console, request page and passport share web/ui and the sdk alone, so that each stays its own bundle.',
      from: { path: '^web/([^/]+)/' },
      to: { path: ours, pathNot: ['^web/$1/', '^web/ui/', '^sdk/', '^server/'] },
    },
    {
      name: 'sdk-stands-alone',
      severity: 'error',
      comment: 'The typed client is generated and handed to integrators: it takes nothing of ours along.',
      from: { path: '^sdk/' },
      to: { path: ours, pathNot: '^sdk/' },
    },
  ],
  options: {
    doNotFollow: { path: anyNpm },
    exclude: { path: '^(test/house/(fixtures|lint-fixtures|sound-house)|sdk/dist|web/[^/]+/dist)/' },
    // Imports of types are imports.
    tsPreCompilationDeps: true,
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs', '.json'] },
  },
}
