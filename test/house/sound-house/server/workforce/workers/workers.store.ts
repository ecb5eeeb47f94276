import './workers.rules.ts'
import '../../platform/db/database.ts'
