/** argv → command. */
import { runMain } from './serve.ts'

process.exitCode = await runMain(process.argv.slice(2))
