import 'node:fs/promises'
import './organisations.ts'
import '../../platform/cli/command-kit.ts'
import '../../platform/errors.ts'
