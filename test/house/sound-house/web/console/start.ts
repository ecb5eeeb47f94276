import '../ui/button.ts'
import '../../sdk/client.ts'
import './table.ts'
