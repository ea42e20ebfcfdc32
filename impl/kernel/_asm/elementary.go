package main

// The elementary functions, in the dtype of the machine.

func (m *machine) exponential(x value) value {
	if m.dtype.bytes == 4 {
		return m.exponential32(x)
	}
	return m.exponential64(x)
}

func (m *machine) log1p(e value) value {
	if m.dtype.bytes == 4 {
		return m.log1p32(e)
	}
	return m.log1p64(e)
}
