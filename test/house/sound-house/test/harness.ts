import '../server/app.ts'
import 'pg'
