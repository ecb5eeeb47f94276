import './workers.schema.ts'
import '../../platform/errors.ts'
