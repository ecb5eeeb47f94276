import 'pg'
import 'kysely'
import 'pg-copy-streams'
import '../errors.ts'
