import './workers.schema.ts'
