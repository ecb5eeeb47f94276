import 'node:fs/promises'
import '../errors.ts'
