import './workers.ts'
import './workers.schema.ts'
import '../../platform/http/route-kit.ts'
