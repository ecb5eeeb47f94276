import './organisations.schema.ts'
import './organisations.store.ts'
import '../../platform/context.ts'
