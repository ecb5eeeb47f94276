import './organisations.schema.ts'
import '../../platform/db/database.ts'
import '../../platform/context.ts'
