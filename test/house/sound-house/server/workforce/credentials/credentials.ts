import '../workers/workers.ts'
import '../workers/workers.rules.ts'
import 'node:crypto'
