import './app.ts'
import './platform/errors.ts'
