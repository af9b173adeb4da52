import Config
config :shop, greeting: System.get_env("GREETING") || "hello"
