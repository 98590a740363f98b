from numerai.common.errors import DomainError


class ChannelNotOffered(DomainError):
    status, code, title = 409, "channel_not_offered", "Not offered here"
    detail = "Messages of this kind are not offered at present."
