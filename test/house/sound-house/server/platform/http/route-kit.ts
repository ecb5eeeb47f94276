import 'zod'
import '../errors.ts'
