import os
from telethon import TelegramClient

with TelegramClient("session", int(os.environ["ID"]), os.environ["HASH"]) as client:
    client.run_until_disconnected()
