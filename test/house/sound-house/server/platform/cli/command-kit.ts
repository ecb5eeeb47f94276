import 'commander'
import '../errors.ts'
