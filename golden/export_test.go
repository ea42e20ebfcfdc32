package golden

import "io/fs"

// Packed is FS over other files.
func Packed(files fs.ReadDirFS) fs.ReadFileFS { return packedFS{files} }
