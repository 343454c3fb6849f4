"""Drafts: is what a language model wrote withheld when its passages do not support it, and shown when they do?"""
