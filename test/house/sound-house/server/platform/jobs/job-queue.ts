import 'pg-boss'
import '../db/database.ts'
