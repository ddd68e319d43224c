// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

import {IWrappedEther} from "../../../../contracts/interfaces/IWrappedEther.sol";

/// @notice A stake token with everything that real ones have: ether goes in, permits are signed, accounts are blocked.
contract ArenaToken is ERC20("Arena", "ARN"), ERC20Permit, IWrappedEther {
    error Blocked(address account);

    mapping(address account => bool) public isBlocked;

    constructor() ERC20Permit("Arena") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function deposit() external payable {
        _mint(msg.sender, msg.value);
    }

    function setBlocked(bool blocked) external {
        isBlocked[msg.sender] = blocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!isBlocked[to], Blocked(to));
        super._update(from, to, amount);
    }
}
