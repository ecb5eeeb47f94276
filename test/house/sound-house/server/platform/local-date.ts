import './errors.ts'
