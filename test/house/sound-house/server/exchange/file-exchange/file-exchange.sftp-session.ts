import 'ssh2'
import './file-exchange.ts'
import '../../platform/errors.ts'
