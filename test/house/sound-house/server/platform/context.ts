import './db/database.ts'
import './clock.ts'
