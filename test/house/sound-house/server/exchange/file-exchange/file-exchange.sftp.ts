import 'node:net'
import 'ssh2'
import './file-exchange.ts'
import './file-exchange.sftp-session.ts'
