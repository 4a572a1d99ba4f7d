"""A webhook's raw body comes in; one `inbox` row, kept exactly once, goes out; `turns` is next."""
