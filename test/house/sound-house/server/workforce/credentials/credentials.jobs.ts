import './credentials.ts'
import '../../platform/runtime.ts'
