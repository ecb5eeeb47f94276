import 'zod'
import '../../platform/local-date.ts'
